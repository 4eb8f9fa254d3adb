"""The public names of Keras 3.15.1: of its modules, and of the classes that users derive from.

Written by tools/keras_names.py from an installed Keras.
"""

# ruff: noqa: SIM905 - a list of so many names is read more easily as a text

MODULES = {
    "keras": """
        DTypePolicy FloatDTypePolicy Function Initializer Input InputSpec KerasTensor Layer Loss
        Metric Model Operation Optimizer Quantizer Regularizer RematScope Sequential StatelessScope
        SymbolicScope Variable activations applications backend callbacks config constraints
        datasets device distillation distribution dtype_policies export initializers layers legacy
        losses metrics mixed_precision models name_scope ops optimizers preprocessing quantizers
        random regularizers remat saving utils visualization wrappers
    """.split(),
    "keras.activations": """
        celu deserialize elu exponential gelu get glu hard_shrink hard_sigmoid hard_silu hard_swish
        hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu serialize sigmoid
        silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus
        swish tanh tanh_shrink threshold
    """.split(),
    "keras.backend": """
        backend clear_session epsilon floatx get_uid image_data_format is_float_dtype is_int_dtype
        is_keras_tensor result_type set_epsilon set_floatx set_image_data_format standardize_dtype
    """.split(),
    "keras.callbacks": """
        BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History LambdaCallback
        LearningRateScheduler ModelCheckpoint OrbaxCheckpoint ProgbarLogger ReduceLROnPlateau
        RemoteMonitor SwapEMAWeights TensorBoard TerminateOnNaN
    """.split(),
    "keras.config": """
        backend disable_flash_attention disable_interactive_logging disable_traceback_filtering
        dtype_policy enable_flash_attention enable_interactive_logging enable_traceback_filtering
        enable_unsafe_deserialization epsilon floatx image_data_format is_flash_attention_enabled
        is_interactive_logging_enabled is_nnx_enabled is_traceback_filtering_enabled max_epochs
        max_steps_per_epoch set_backend set_dtype_policy set_epsilon set_floatx
        set_image_data_format set_max_epochs set_max_steps_per_epoch
    """.split(),
    "keras.constraints": """
        Constraint MaxNorm MinMaxNorm NonNeg UnitNorm deserialize get max_norm min_max_norm non_neg
        serialize unit_norm
    """.split(),
    "keras.datasets": """
        boston_housing california_housing cifar10 cifar100 fashion_mnist imdb mnist reuters
    """.split(),
    "keras.initializers": """
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer
        Initializer LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal
        RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling Zeros constant
        deserialize get glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal
        lecun_uniform ones orthogonal random_normal random_uniform serialize stft truncated_normal
        variance_scaling zeros
    """.split(),
    "keras.layers": """
        Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
        AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add
        AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D
        AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization
        Bidirectional CategoryEncoding CenterCrop Concatenate
        ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose
        Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose
        Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D
        Cropping2D Cropping3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot
        Dropout ELU EinsumDense Embedding Equalization Flatten FlaxLayer GRU GRUCell GaussianDropout
        GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
        GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D
        GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization
        GroupQueryAttention HashedCrossing Hashing Identity Input InputLayer InputSpec IntegerLookup
        JaxLayer LSTM LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes
        MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram
        Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline
        RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
        RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
        RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
        RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector
        Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D
        SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell
        Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
        SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer TextVectorization
        TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D UpSampling3D
        Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D add average concatenate deserialize dot
        maximum minimum multiply serialize subtract
    """.split(),
    "keras.losses": """
        BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy
        CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle
        CosineSimilarity Dice Hinge Huber KLDivergence LogCosh Loss MeanAbsoluteError
        MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson
        SparseCategoricalCrossentropy SquaredHinge Tversky binary_crossentropy
        binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy
        categorical_generalized_cross_entropy categorical_hinge circle cosine_similarity ctc
        deserialize dice get hinge huber kl_divergence log_cosh mean_absolute_error
        mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson
        serialize sparse_categorical_crossentropy squared_hinge tversky
    """.split(),
    "keras.metrics": """
        AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy
        CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score
        FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean
        MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError
        MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson
        Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
        SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy
        SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
        TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy binary_crossentropy
        binary_focal_crossentropy categorical_accuracy categorical_crossentropy
        categorical_focal_crossentropy categorical_hinge concordance_correlation deserialize get
        hinge huber kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error
        mean_squared_error mean_squared_logarithmic_error pearson_correlation poisson serialize
        sparse_categorical_accuracy sparse_categorical_crossentropy
        sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy
    """.split(),
    "keras.models": """
        Model Sequential clone_model load_model model_from_json save_model
    """.split(),
    "keras.optimizers": """
        Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer
        MultiOptimizer Muon Nadam Optimizer OptimizerMap RMSprop SGD ScheduleFreeAdamW deserialize
        get legacy schedules serialize
    """.split(),
    "keras.optimizers.schedules": """
        CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay LearningRateSchedule
        PiecewiseConstantDecay PolynomialDecay deserialize serialize
    """.split(),
    "keras.regularizers": """
        L1 L1L2 L2 OrthogonalRegularizer Regularizer deserialize get l1 l1_l2 l2
        orthogonal_regularizer serialize
    """.split(),
    "keras.saving": """
        CustomObjectScope KerasFileEditor custom_object_scope deserialize_keras_object
        get_custom_objects get_registered_name get_registered_object load_model load_weights
        register_keras_serializable save_model save_weights serialize_keras_object
    """.split(),
    "keras.utils": """
        Config CustomObjectScope FeatureSpace Progbar PyDataset Sequence array_to_img
        audio_dataset_from_directory bounding_boxes clear_session custom_object_scope
        deserialize_keras_object disable_interactive_logging enable_interactive_logging
        get_custom_objects get_file get_registered_name get_registered_object get_source_inputs
        image_dataset_from_directory img_to_array is_interactive_logging_enabled is_keras_tensor
        legacy load_img model_to_dot normalize pack_x_y_sample_weight pad_sequences plot_model
        register_keras_serializable save_img serialize_keras_object set_random_seed split_dataset
        standardize_dtype text_dataset_from_directory timeseries_dataset_from_array to_categorical
        unpack_x_y_sample_weight
    """.split(),
    "keras.wrappers": """
        SKLearnClassifier SKLearnRegressor SKLearnTransformer
    """.split(),
}

CLASSES = {
    "Initializer": """
        clone from_config get_config
    """.split(),
    "Layer": """
        add_loss add_metric add_variable add_weight build build_from_config call compute_dtype
        compute_mask compute_output_shape compute_output_spec count_params dtype dtype_policy
        from_config get_build_config get_config get_weights input input_dtype input_spec
        load_own_variables losses metrics metrics_variables non_trainable_variables
        non_trainable_weights output path quantization_mode quantize quantized_build quantized_call
        rematerialized_call save_own_variables set_weights stateless_call supports_masking
        symbolic_call trainable trainable_variables trainable_weights variable_dtype variables
        weights
    """.split(),
    "Loss": """
        call dtype from_config get_config
    """.split(),
    "Metric": """
        add_variable add_weight dtype from_config get_config reset_state result
        stateless_reset_state stateless_result stateless_update_state update_state variables
    """.split(),
    "Model": """
        add_loss add_metric add_variable add_weight build build_from_config call compile
        compile_from_config compute_dtype compute_loss compute_loss_and_updates compute_mask
        compute_metrics compute_output_shape compute_output_spec count_params dtype dtype_policy
        evaluate export fit from_config get_build_config get_compile_config get_config get_layer
        get_metrics_result get_quantization_layer_structure get_state_tree get_weights input
        input_dtype input_spec jax_state_sync jit_compile layers load_own_variables load_weights
        losses make_predict_function make_test_function make_train_function metrics metrics_names
        metrics_variables non_trainable_variables non_trainable_weights output path predict
        predict_on_batch predict_step quantization_mode quantize quantized_build quantized_call
        rematerialized_call reset_metrics run_eagerly save save_own_variables save_weights
        set_state_tree set_weights stateless_call stateless_compute_loss summary supports_masking
        symbolic_call test_on_batch test_step to_json train_on_batch train_step trainable
        trainable_variables trainable_weights variable_dtype variables weights
    """.split(),
    "Optimizer": """
        add_optimizer_variables add_variable add_variable_from_reference apply apply_gradients
        assign assign_add assign_sub build exclude_from_weight_decay finalize_variable_values
        from_config get_config iterations learning_rate load_own_variables save_own_variables
        scale_loss set_weights stateless_apply update_step variables
    """.split(),
    "Regularizer": """
        from_config get_config
    """.split(),
    "Sequential": """
        add add_loss add_metric add_variable add_weight build build_from_config call compile
        compile_from_config compute_dtype compute_loss compute_loss_and_updates compute_mask
        compute_metrics compute_output_shape compute_output_spec count_params dtype dtype_policy
        evaluate export fit from_config get_build_config get_compile_config get_config get_layer
        get_metrics_result get_quantization_layer_structure get_state_tree get_weights input
        input_dtype input_shape input_spec inputs jax_state_sync jit_compile layers
        load_own_variables load_weights losses make_predict_function make_test_function
        make_train_function metrics metrics_names metrics_variables non_trainable_variables
        non_trainable_weights output output_shape outputs path pop predict predict_on_batch
        predict_step quantization_mode quantize quantized_build quantized_call rematerialized_call
        reset_metrics run_eagerly save save_own_variables save_weights set_state_tree set_weights
        stateless_call stateless_compute_loss summary supports_masking symbolic_call test_on_batch
        test_step to_json train_on_batch train_step trainable trainable_variables trainable_weights
        variable_dtype variables weights
    """.split(),
    "Callback": """
        model on_batch_begin on_batch_end on_epoch_begin on_epoch_end on_predict_batch_begin
        on_predict_batch_end on_predict_begin on_predict_end on_test_batch_begin on_test_batch_end
        on_test_begin on_test_end on_train_batch_begin on_train_batch_end on_train_begin
        on_train_end set_model set_params
    """.split(),
    "Constraint": """
        from_config get_config
    """.split(),
    "LearningRateSchedule": """
        from_config get_config
    """.split(),
}
