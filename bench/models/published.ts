/**
 * The figures of the study that this project follows, from its abstract: percentages by class, for its vision transformer.
 * Those of its ResNet50 and InceptionV3 are not public. The sensitivity at argmax and the class shares are what PPV, NPV
 * and accuracy of one matrix fix.
 */
export const publishedFigures = {
  films: '3,016 films, split 8:2',
  sets: [
    {
      set: 'internal',
      accuracy: '97.0',
      classes: {
        osteoporosis: { auc: '99.6', ppv: '96.9', npv: '97.9' },
        osteopenia: { auc: '99.4', ppv: '94.1', npv: '98.5' },
        normal: { auc: '99.9', ppv: '100', npv: '99.2' },
      },
    },
    {
      set: 'external',
      accuracy: '89.4',
      classes: {
        osteoporosis: { auc: '96.5', ppv: '83.5', npv: '94.5' },
        osteopenia: { auc: '91.6', ppv: '90.2', npv: '91.3' },
        normal: { auc: '98.4', ppv: '91.3', npv: '96.4' },
      },
    },
  ],
} as const
